// The options are the generator's own: nothing is changed of what it makes.
export default {
  input: process.env.DOCUMENT,
  output: { path: process.env.CLIENT, importFileExtension: ".js" },
};
