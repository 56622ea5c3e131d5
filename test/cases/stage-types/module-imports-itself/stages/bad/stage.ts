import bad from './stage.ts';
export default { async run() { return { out: typeof bad }; } };
