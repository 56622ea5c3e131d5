/**
 * Collects garbage over and over until its standard input ends: `collector.mjs <store>`, from the built files. Of each
 * pipeline the last run stays, nothing is too young. Prints how many things went.
 */
const built = '../../dist/';
const { openStore } = await import(`${built}store/index.js`);

const opened = await openStore(process.argv[2]);
let over = false;
process.stdin.on('end', () => {
  over = true;
});
process.stdin.resume();
let gone = 0;
while (!over) {
  const plan = await opened.value.collect({ graceMs: 0, keepLast: 1, budget: 0 });
  gone += plan.removals.length;
  await new Promise((resolve) => setTimeout(resolve, 2));
}
process.stdout.write(`${gone}\n`);
