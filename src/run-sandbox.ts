import type { Process } from './command-line.ts';
export interface SandboxFlags {
  readonly port: number;
  readonly kubeconfig?: string;
  readonly demo?: boolean;
  readonly logLevel: string;
}
export async function runSandbox(_flags: SandboxFlags, _process: Process): Promise<void> {}
