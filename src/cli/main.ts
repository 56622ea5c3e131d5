#!/usr/bin/env node
import module from 'node:module';

// Node 22 and later keep what V8 compiled for the next start, if they are asked before anything else is loaded.
(module as { enableCompileCache?: () => unknown }).enableCompileCache?.();
const done = process.argv[2] === 'run' && (await (await import('./start-quick.ts')).startQuick());
if (!done) await import('./start.ts');
