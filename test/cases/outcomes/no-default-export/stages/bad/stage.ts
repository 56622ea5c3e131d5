export const run = () => ({ out: 1 });
