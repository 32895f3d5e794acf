// Runs before the first paint, so that a chosen scheme never flashes the other one. Not a module on purpose.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('mainstem.theme');
  } catch {
    // A browser that refuses storage gets the scheme of its system.
  }
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
})();
