export default { async run() { return { out: 1 }; } };
