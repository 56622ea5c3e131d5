process.exit(3);
export default { run: () => ({ out: 1 }) };
