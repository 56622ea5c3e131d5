import x from '/etc/passwd.ts';
import { defineStage } from 'naspipe/stage';
export default defineStage({ async run() { return { out: x }; } });
