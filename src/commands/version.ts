/** Set by the build from package.json. */
declare const DEPENDENCY_GATE_VERSION: string | undefined;

/** The release; `source` where it was not built. */
export const VERSION = typeof DEPENDENCY_GATE_VERSION === 'string' ? DEPENDENCY_GATE_VERSION : 'source';
