export default { run() { return 'éÿ'; } };
// ÿ
