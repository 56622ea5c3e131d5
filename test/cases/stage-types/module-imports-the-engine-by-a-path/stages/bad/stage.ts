import { x } from 'naspipe/dist/engine/run.js';
export default { async run() { return { out: x }; } };
