import type { Extension, StageRecord } from '../schema/generated/record.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import { acceptanceText } from './accept.ts';
import { branchText } from './branch.ts';
import { factsLine } from './facts.ts';
import { figureLines } from './figures.ts';
import { type Headline, headlineRows } from './headline.ts';
import { cut, padEnd, table, widthOf, wrapLines } from './layout.ts';
import { memoText } from './memo.ts';
import type { Style } from './style.ts';
import { bytes, count, duration, localTime, short } from './units.ts';

const WIDTH = 80;

/** A run: what it was, what became of each stage, what it found. */
export function showRun(result: RunResult, headline: Headline, directory: string, style: Style): string[] {
  const { run, pipeline, seed, status, startedAt, elapsedMs, backend } = result;
  const head = [pipeline, `run ${run}`, status, localTime(Date.parse(startedAt)), duration(elapsedMs)];
  const rows = Object.entries(result.stages).map(([id, of]) => {
    const { status, elapsedMs, ranMs } = of!;
    const time = duration(status === 'cached' ? (ranMs ?? 0) : elapsedMs);
    return [id, status.replace('-', ' '), status === 'not-run' ? '' : time];
  });
  const lines = table(rows, 'llr');
  const room = WIDTH - Math.max(0, ...lines.map(widthOf)) - 2;
  const found = Object.values(result.stages).map((of) =>
    of!.failure ? cut(of!.failure.message.split('\n')[0]!, room) : foundText(of!, room),
  );
  return [
    style.bold(head.join(' · ')),
    [`seed ${seed}`, ...(backend === undefined ? [] : [`backend ${backend}`])].join(' · '),
    '',
    ...lines.map((line, index) => `${padEnd(line, WIDTH - room - 2)}  ${found[index]}`.trimEnd()),
    '',
    ...figureLines(headline.groups ?? [], style),
    ...labelled([...headlineRows(headline), ['Artifacts', `${directory}/`]], style),
  ];
}

/** Headline facts, behind what a reader must know of them first. */
function foundText({ accepted, diverged, summary = {} }: StageResult, room: number): string {
  const first = [
    ...(diverged === undefined ? [] : [`outputs diverged: ${diverged}`]),
    ...(accepted === undefined ? [] : [`edit accepted: ${accepted}`]),
  ].map((text) => cut(text, room));
  const rest = factsLine(summary, room - first.reduce((sum, text) => sum + widthOf(text) + 3, 0));
  return [...first, ...(rest === '' ? [] : [rest])].join(' · ');
}

/** Rows of label and text, the texts below each other. */
export function labelled(rows: readonly (readonly [string, string])[], style: Style): string[] {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) =>
    wrapLines(text, Math.max(WIDTH - width - 2, 40)).map(
      (line, index) => `${style.bold(padEnd(index === 0 ? label : '', width))}  ${line}`,
    ),
  );
}

/** A stage of a run: why and when it ran, what went in and what came out, where it was made. */
export function showStage(
  id: string,
  stage: StageResult,
  record: StageRecord | undefined,
  directory: string,
  style: Style,
): string[] {
  const head = [
    `${id} (${stage.type})`,
    stage.status.replace('-', ' '),
    duration(stage.ranMs ?? stage.elapsedMs),
  ];
  const facts: [string, string][] = [];
  if (stage.failure) facts.push(['Failed', stage.failure.message]);
  if (stage.reason) facts.push(['Why', stage.reason]);
  if (stage.diverged) {
    const what = `${stage.diverged} should have equal outputs and have not; npx pipe verify --replay ${id} says where`;
    facts.push(['Diverged', what]);
  }
  if (record?.accepted) facts.push(['Accepted', `edit of its code ${acceptanceText(record.accepted)}`]);
  if (stage.summary) facts.push(['Found', factsLine(stage.summary)]);
  if (record?.memo) facts.push(['Memo', memoText(record.memo) || 'nothing remembered']);
  if (stage.branched) facts.push(['Branched', `from ${branchText(stage.branched)}`]);
  if (record?.lineage.extends) facts.push(['Extends', extensionText(record.lineage.extends)]);
  if (record) facts.push(...madeBy(record));
  if (stage.fingerprint) facts.push(['Fingerprint', stage.fingerprint]);
  if (stage.attempt) facts.push(['Attempt', stage.attempt]);
  facts.push(['Artifacts', `${directory}/`]);
  return [
    style.bold(head.join(' · ')),
    ...labelled(facts, style),
    ...titled(
      'Inputs',
      Object.entries(stage.inputs).map(([port, of]) => [
        port,
        of!.from,
        of!.digest ? short(of!.digest, 12) : '',
        essenceText(port, of!, record),
      ]),
      style,
    ),
    ...titled(
      'Outputs',
      Object.entries(stage.outputs).map(([port, of]) => [
        port,
        of!.kind,
        short(of!.digest, 12),
        bytes(record?.outputs[port]?.bytes ?? 0),
      ]),
      style,
    ),
    ...titled(
      'Params',
      Object.entries(record?.preimage.params ?? {}).map(([name, value]) => [name, JSON.stringify(value)]),
      style,
    ),
  ];
}

/** Where a longer one went on from a shorter one: `epochs 20 → 30: from step 1,560 of 8f3a12…` */
const extensionText = ({ param, from, to, step, fingerprint }: Extension): string =>
  `${param} ${from} → ${to}: from step ${count(step)} of ${short(fingerprint, 12)}`;

/** What of an input matters, where that is not all of it, and whether the outputs were made from another artifact. */
function essenceText(
  port: string,
  { digest, essence }: NonNullable<StageResult['inputs'][string]>,
  record: StageRecord | undefined,
): string {
  if (essence === undefined) return '';
  const from = record?.lineage.inputs?.[port];
  const other = from === undefined || from === digest ? '' : `; made from ${short(from, 12)}, equal in that`;
  return `only its ${essence.name} ${short(essence.digest, 12)}${other}`;
}

const titled = (title: string, rows: readonly string[][], style: Style): string[] =>
  rows.length === 0 ? [] : ['', style.bold(title), ...table(rows).map((line) => `  ${line}`)];

/** Where, when and by which code a record was made. */
function madeBy({ times, lineage, preimage, n, reason }: StageRecord): [string, string][] {
  const { host, cpu, os, arch, node, naspipe, backend, git } = lineage;
  const steps = times.steps === undefined ? [] : [`${count(times.steps)} steps`];
  const resumed = times.resumedFrom === undefined ? [] : [`last resumed at ${count(times.resumedFrom)}`];
  const from = git && `commit ${short(git.commit, 12)}${git.dirty ? ' with uncommitted changes' : ''}`;
  return [
    ['Made', [localTime(times.finishedAt), duration(times.computeMs), ...steps, ...resumed].join(' · ')],
    ['On', `${host}: ${cpu}, ${os} ${arch}, Node ${node.replace(/^v/, '')}`],
    ...(backend
      ? [
          [
            'Backend',
            `${backend.name} (${backend.build}, ${backend.instructionSet}, threads ${backend.threads})`,
          ] as [string, string],
        ]
      : []),
    [
      'Code',
      [`naspipe ${naspipe}`, `bundle ${short(preimage.codeDigest, 12)}`, ...(from ? [from] : [])].join(' · '),
    ],
    ...(preimage.seed === undefined ? [] : [['Seed', String(preimage.seed)] as [string, string]]),
    ...(n > 1 ? [['Record', `number ${n} of this fingerprint: ${reason}`] as [string, string]] : []),
  ];
}
