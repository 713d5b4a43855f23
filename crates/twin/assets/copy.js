// The copy button of the credentials. Without a clipboard (a page over plain HTTP on a LAN) it selects the text.

const block = document.getElementById("block");
const button = document.getElementById("copy");
const say = (text) => { document.getElementById("copied").textContent = text; };

function select() {
  getSelection().selectAllChildren(block);
  block.focus();
  say("Selected. Press Ctrl+C or ⌘C to copy.");
}

if (block) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!navigator.clipboard) return select();
    navigator.clipboard.writeText(block.textContent).then(() => say("Copied."), select);
  });
}
