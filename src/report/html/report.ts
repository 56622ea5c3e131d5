import { choiceBlocks } from '../../nas/index.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { ArtifactValues, Kind } from '../../stage/index.ts';
import type { Store } from '../../store/index.ts';
import { factsLine } from '../facts.ts';
import { headlineOf, headlineRows } from '../headline.ts';
import { lastOutput } from '../last-output.ts';
import { type ArtifactSource, storeSource } from '../source.ts';
import { duration, localTime, short } from '../units.ts';
import { architecturePicture } from './architecture/index.ts';
import { confusionPicture } from './confusion.ts';
import { correlationPicture } from './correlation.ts';
import { type CurvePoint, curvePicture } from './curve.ts';
import { latencyPicture } from './latency.ts';
import { escapeText } from './markup.ts';
import { networksTable } from './networks.ts';
import { page } from './page.ts';
import { trialsPicture } from './scatter.ts';

/** A part of the report: a title and markup; left out when there is nothing to show. */
interface Section {
  readonly title: string;
  readonly body: string;
}

/** A run as one HTML file that needs nothing else: pictures are inline SVG, and no script runs. */
export async function htmlReport(store: Store, result: RunResult): Promise<string> {
  const source = storeSource(store);
  const headline = await headlineOf(result, source);
  const sections = [
    { title: 'Stages', body: stagesTable(result) },
    ...(await architectureSection(result, source)),
    ...(await outputSections(result, source, 'trials', (trials, place) => ({
      title: `Trials of ${place}`,
      body: trials.length === 0 ? '' : trialsPicture(trials, costUnit(trials[0]!)),
    }))),
    ...(await outputSections(result, source, 'latency-table', (table, place) => ({
      title: `Latency table of ${stageOf(place)}`,
      body: latencyPicture(table),
    }))),
    ...(await outputSections(result, source, 'correlation', (correlation, place) => ({
      title: `Ranks of ${stageOf(place)}`,
      body: correlationPicture(correlation),
    }))),
    ...(await curveSections(store, result)),
    ...(headline.evaluation
      ? [{ title: 'Confusion matrix', body: confusionPicture(headline.evaluation) }]
      : []),
  ].filter(({ body }) => body !== '');
  const facts = [
    `run ${result.run}`,
    result.status,
    localTime(Date.parse(result.startedAt)),
    duration(result.elapsedMs),
    `seed ${result.seed}`,
    ...(result.backend === undefined ? [] : [result.backend]),
  ];
  const rows = headlineRows(headline)
    .map(([label, text]) => `<dt>${escapeText(label)}</dt><dd>${escapeText(text)}</dd>`)
    .join('');
  return page(
    `${result.pipeline} · ${result.run}`,
    `<h1>${escapeText(result.pipeline)}</h1><p>${escapeText(facts.join(' · '))}</p>` +
      (rows === '' ? '' : `<dl>${rows}</dl>`) +
      networksTable(headline.groups ?? []) +
      sections.map(({ title, body }) => `<section><h2>${escapeText(title)}</h2>${body}</section>`).join('\n'),
  );
}

function stagesTable({ stages }: RunResult): string {
  const rows = Object.entries(stages).map(([id, of]) => {
    const { type, status, ranMs, elapsedMs, summary, failure, fingerprint, accepted, diverged } = of!;
    const cells = [
      id,
      type,
      status.replace('-', ' '),
      status === 'not-run' ? '' : duration(ranMs ?? elapsedMs),
      failure?.message ??
        [
          factsLine(summary ?? {}),
          accepted === undefined ? '' : `edit of its code accepted: ${accepted}`,
          diverged === undefined ? '' : `outputs diverged: ${diverged}`,
        ]
          .filter((part) => part !== '')
          .join(' · '),
      fingerprint === undefined ? '' : short(fingerprint, 12),
    ];
    return `<tr class="${status}">${cells.map((cell) => `<td>${escapeText(cell)}</td>`).join('')}</tr>`;
  });
  const head = ['stage', 'type', 'status', 'time', 'found', 'fingerprint'];
  return `<table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

async function architectureSection(result: RunResult, source: ArtifactSource): Promise<Section[]> {
  const output = lastOutput(result, 'architecture');
  const architecture = output && (await source.load('architecture', output.digest));
  const space = architecture && (await source.load('search-space', architecture.space));
  if (!space || choiceBlocks(space).length !== architecture.encoding.length) return [];
  const text = `<p>From ${escapeText(stageOf(output.place))}: ${escapeText(architecture.description)}</p>`;
  return [{ title: 'Architecture', body: architecturePicture(space, architecture.encoding) + text }];
}

const stageOf = (place: string): string => place.split('/')[0]!;

/** A picture of each output of a kind, given the place `<stage>/<port>` of each. */
async function outputSections<K extends Kind>(
  result: RunResult,
  source: ArtifactSource,
  kind: K,
  draw: (value: ArtifactValues[K], place: string) => Section,
): Promise<Section[]> {
  const sections: Section[] = [];
  for (const [id, stage] of Object.entries(result.stages)) {
    for (const [port, output] of Object.entries(stage!.outputs)) {
      if (output!.kind !== kind) continue;
      const value = await source.load(kind, output!.digest);
      if (value) sections.push(draw(value, `${id}/${port}`));
    }
  }
  return sections;
}

/** Which of a trial's costs is the one that the search looks at. */
const costUnit = ({
  cost,
  costs,
}: {
  cost: number;
  costs: { latency?: number; macs: number; params: number };
}) =>
  cost === costs.latency
    ? 'ms predicted'
    : cost === costs.macs
      ? 'MACs'
      : cost === costs.params
        ? 'params'
        : 'as searched';

/** The metric that matters of each stage by step, from the journals of all its attempts; a phase may have one of its own. */
async function curveSections({ attempts }: Store, result: RunResult): Promise<Section[]> {
  const sections: Section[] = [];
  for (const [id, stage] of Object.entries(result.stages)) {
    const { fingerprint } = stage!;
    // what a measurement reports on its way is no curve of learning
    if (fingerprint === undefined || stage!.determinism === 'measured') continue;
    const curves = new Map<string, Map<number, number>>();
    for (const attempt of await attempts.list(fingerprint)) {
      for (const { event } of await attempts.entries(attempts.at(fingerprint, attempt))) {
        if (event.type !== 'progress') continue;
        const [[name, value] = []] = Object.entries(event.metrics ?? {});
        if (name === undefined || value === undefined) continue;
        curves.set(name, (curves.get(name) ?? new Map()).set(event.step, value));
      }
    }
    for (const [name, byStep] of curves) {
      const points: CurvePoint[] = [...byStep]
        .sort(([a], [b]) => a - b)
        .map(([step, value]) => ({ step, value }));
      sections.push({ title: `${name} of ${id}`, body: curvePicture(name, points) });
    }
  }
  return sections;
}
