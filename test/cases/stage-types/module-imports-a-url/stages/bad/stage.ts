import x from 'https://example.org/x.js';
import { defineStage } from 'naspipe/stage';
export default defineStage({ async run() { return { out: x }; } });
