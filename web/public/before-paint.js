// Runs before the first paint, as a file of its own because the content security policy allows no inline script:
// it puts the chosen theme and density on the root element, so that neither of them flashes.
(function () {
  var root = document.documentElement;
  var scheme = 'auto';
  var density = 'default';
  try {
    scheme = localStorage.getItem('stoa-color-scheme') || 'auto';
    density = localStorage.getItem('stoa-density') || 'default';
  } catch {
    // Storage may be forbidden; the system's theme is a good answer then.
  }
  var isDark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
  root.setAttribute('data-density', density);
})();
