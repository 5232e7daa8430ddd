Redoc.init(
  '/openapi.json',
  {
    scrollYOffset: '.bar',
    theme: { typography: { fontFamily: 'system-ui, sans-serif', headings: { fontFamily: 'system-ui, sans-serif' } } },
  },
  document.getElementById('redoc'),
);
