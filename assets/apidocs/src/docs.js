// The OAuth2 password sign-in comes from the security scheme in /openapi.json.
window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  layout: 'BaseLayout',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  persistAuthorization: false, // a shared workshop computer must not keep anybody's token
  validatorUrl: null, // the validator is on another host
});
