export { type Exported, exportRun } from './export.ts';
export { type Imported, type ImportFailure, importRun } from './import.ts';
export { isExportName, type OpenedExport, openExport, readBeside } from './open.ts';
export { type VerifiedExport, verifyExport } from './verify.ts';
