/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Runs a program: a Python script, a shell line, anything. It finds each input artifact as a directory of read-only files below $NASPIPE_INPUTS/<port>, its working directory holds copies of `files`, and it leaves each output as files in $NASPIPE_OUTPUTS/<port>, which must be those of the declared kind (a json artifact is one file, value.json). An exit code other than 0 is a failure. What it prints goes to the stage's log. It has no checkpoint: after a stop it starts from the beginning. That it gives the same for the same inputs, params and files is believed, and is for the program to see to.
 */
export interface Params {
/**
 * The program and its arguments, as in ["python3", "count.py"]; no shell reads them, unless it is one: ["sh", "-c", "…"].
 * 
 * @minItems 1
 * 
 * Items: A word.
 */
run: string[]
/**
 * Input port → kind of artifact; each is wired in the stage's own `inputs`.
 */
inputs: {
/**
 * Kind of artifact.
 */
[k: string]: "train-split" | "validation-split" | "test-split" | "search-space" | "latency-table" | "supernet" | "controller" | "trials" | "architecture" | "model" | "evaluation" | "latency-measurement" | "correlation" | "json" | undefined
}
/**
 * Output port → kind of artifact.
 */
outputs: {
/**
 * Kind of artifact.
 */
[k: string]: "train-split" | "validation-split" | "test-split" | "search-space" | "latency-table" | "supernet" | "controller" | "trials" | "architecture" | "model" | "evaluation" | "latency-measurement" | "correlation" | "json" | undefined
}
/**
 * Files and directories that the program needs, relative to the project root; they are copied to its working directory under the same paths. Paths and content are part of the fingerprint.
 * 
 * Items: A path.
 */
files: string[]
/**
 * Names of environment variables that are passed on; besides them only PATH is. TMPDIR is a directory of the attempt's own. Their values are not part of the fingerprint: what decides the result belongs into `variables`.
 * 
 * Items: A name.
 */
environment: string[]
/**
 * Environment variables with their values, part of the fingerprint. TMPDIR, NASPIPE_INPUTS and NASPIPE_OUTPUTS are set by naspipe, whatever stands here.
 */
variables: {
/**
 * A value.
 */
[k: string]: string | undefined
}
}

export type Inputs = {
};

export type Outputs = {
};
