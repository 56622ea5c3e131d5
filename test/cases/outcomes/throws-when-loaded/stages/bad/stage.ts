throw new Error('at load');
export default { run: () => ({ out: 1 }) };
