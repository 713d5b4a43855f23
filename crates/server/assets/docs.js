// Starts the API reference. Everything that would call another host is off.
"use strict";
Scalar.createApiReference("#app", {
  url: "/v1/openapi.json",
  agent: { disabled: true },
  telemetry: false,
  withDefaultFonts: false,
  proxyUrl: "",
  showDeveloperTools: "never",
  hideClientButton: true,
  mcp: { disabled: true },
  defaultOpenAllTags: true,
  documentDownloadType: "direct",
});
