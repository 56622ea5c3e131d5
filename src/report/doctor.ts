import { backendWords } from '../engine/identity/environment.ts';
import type { FoundBackend, Probe } from '../schema/generated/probe.ts';
import { padEnd, wrap } from './layout.ts';
import type { Style } from './style.ts';
import { bytes, count } from './units.ts';

/** What was found on this machine. */
export interface Findings {
  readonly naspipe: string;
  readonly node: string;
  /** Whether Node is one that naspipe supports. */
  readonly nodeFits: boolean;
  readonly platform: string;
  /** Absent when the child process that looks for backends did not answer; then `probeFailure` says why. */
  readonly probe?: Probe;
  readonly probeFailure?: string;
  readonly store: {
    readonly directory: string;
    readonly exists: boolean;
    readonly freeBytes: number;
    readonly runs: number;
  };
  /** Absent: locks work. */
  readonly lockFailure?: string;
}

/** Whether runs can work here. */
export const isHealthy = ({ nodeFits, probe, lockFailure }: Findings): boolean =>
  nodeFits && probe?.chosen !== undefined && lockFailure === undefined;

/** The findings for people: a line each, below it what to do where something is missing. */
export function findingLines(findings: Findings, style: Style): string[] {
  const { probe, store, lockFailure } = findings;
  const line = (mark: 'good' | 'bad' | 'note', label: string, text: string, remedy = ''): string[] => {
    const symbol = { good: style.green('✔'), bad: style.red('✖'), note: ' ' }[mark];
    const [first = '', ...rest] = [...wrap(text, 68), ...wrap(remedy, 68)];
    return [` ${symbol} ${padEnd(label, 8)} ${first}`, ...rest.map((each) => `${' '.repeat(12)}${each}`)];
  };
  return [
    style.bold(`naspipe ${findings.naspipe}`),
    ...line(
      findings.nodeFits ? 'good' : 'bad',
      'Node',
      `${findings.node} on ${findings.platform}`,
      findings.nodeFits ? '' : 'naspipe needs Node 20.17 or newer: https://nodejs.org',
    ),
    ...(probe
      ? [
          ...line('note', 'machine', `${probe.cpu}, ${probe.cores} threads, ${count(probe.memoryMiB)} MiB`),
          ...probe.backends.flatMap((backend) => backendLines(backend, probe, line)),
          ...probe.runtimes.flatMap(({ name, info, why }) =>
            name.startsWith('cpu-')
              ? []
              : info
                ? line(
                    'good',
                    info.name,
                    `${info.instructionSet}; measures where a stage says "runtime": "${info.build}"`,
                  )
                : line('note', 'onnx', `not there: ${why}`),
          ),
        ]
      : line('bad', 'backends', findings.probeFailure ?? 'not found')),
    ...line(
      'good',
      'store',
      `${store.directory}/, ${store.exists ? `${count(store.runs)} ${store.runs === 1 ? 'run' : 'runs'}` : 'not made yet'}, ${bytes(store.freeBytes)} free`,
    ),
    ...line(
      lockFailure === undefined ? 'good' : 'bad',
      'locks',
      lockFailure ?? 'work on the file system of the store',
      lockFailure === undefined ? '' : 'Put the store on a local disk: --store <directory> or PIPE_STORE.',
    ),
  ];
}

function backendLines(
  backend: FoundBackend,
  { chosen }: Probe,
  line: (mark: 'good' | 'bad' | 'note', label: string, text: string, remedy?: string) => string[],
): string[] {
  const { name, ok, info, why, imagesPerSecond, faster } = backend;
  const speed = imagesPerSecond === undefined ? '' : `, ${count(imagesPerSecond)} images/s on a tiny network`;
  const words = info === undefined ? '' : backendWords(info).slice(name.length + 1);
  if (ok) {
    const taken = info && chosen && backendWords(info) === backendWords(chosen);
    const role = taken ? 'runs use it' : `on request: --backend ${name}`;
    return line('good', name, `${words}${speed}; ${role}`, faster);
  }
  return line(chosen === undefined ? 'bad' : 'note', name, `not there: ${why ?? 'no reason was given'}`);
}
