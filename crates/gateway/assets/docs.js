// Starts the API reference. Everything that would call another host is off.
"use strict";
Scalar.createApiReference("#app", {
  url: "/v1/openapi.json",
  servers: [{ url: location.origin }],
  agent: { disabled: true },
  telemetry: false,
  withDefaultFonts: false,
  proxyUrl: "",
  showDeveloperTools: "never",
  hideClientButton: true,
  mcp: { disabled: true },
  defaultOpenAllTags: true,
  authentication: { preferredSecurityScheme: "api_key" },
  customCss: ":root{--scalar-color-accent:#2f458f}.dark-mode{--scalar-color-accent:#a5b7f8}",
  documentDownloadType: "direct",
});
