import { Command, CommanderError, Option } from 'commander';
import { plain } from './api/plain.ts';
import { completeCommand, completionCommand } from './commands/completion/completion-command.ts';
import { convertCommand } from './commands/convert/convert-command.ts';
import { explainCommand } from './commands/explain/explain-command.ts';
import { listCommand } from './commands/list/list-command.ts';
import { openCommand } from './commands/open/open-command.ts';
import type { OperatorFlags } from './commands/operator/run-operator.ts';
import { namespaces } from './commands/options/namespaces.ts';
import { port, positive } from './commands/options/numbers.ts';
import { pullPolicyOption, runAsUserOption } from './commands/options/waiter-options.ts';
import type { Process } from './commands/process.ts';
import { renderCommand } from './commands/render/render-command.ts';
import type { SandboxFlags } from './commands/sandbox/run-sandbox.ts';
import { statusCommand } from './commands/status/status-command.ts';
import { VERSION } from './commands/version.ts';

/** Runs one sub-command to its end. Wrong usage prints one line and exits 2; what cannot go on, one line and 1. */
export async function runCommandLine(argv: readonly string[], process: Process): Promise<void> {
  try {
    await program(process).parseAsync([...argv]);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else {
      console.error(`dependency-gate: ${plain(error instanceof Error ? error.message : String(error))}`);
      process.exitCode = 1;
    }
  }
}

/** The command line as it is read: the tests hold what documents tell to it. */
export function program(process: Process): Command {
  const root = new Command('dependency-gate')
    .description('Keeps the Pods of workloads from starting before their dependencies are there.')
    .version(VERSION)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'dependency-gate: ')) });
  root.addCommand(operatorCommand(process).copyInheritedSettings(root));
  root.addCommand(waitCommand().copyInheritedSettings(root));
  root.addCommand(sandboxCommand(process).copyInheritedSettings(root));
  root.addCommand(listCommand(process).copyInheritedSettings(root));
  root.addCommand(explainCommand(process).copyInheritedSettings(root));
  root.addCommand(openCommand(process).copyInheritedSettings(root));
  root.addCommand(statusCommand(process).copyInheritedSettings(root));
  root.addCommand(renderCommand(process).copyInheritedSettings(root));
  root.addCommand(convertCommand(process).copyInheritedSettings(root));
  root.addCommand(crdCommand().copyInheritedSettings(root));
  root.addCommand(completionCommand().copyInheritedSettings(root));
  root.addCommand(completeCommand(root, process).copyInheritedSettings(root), { hidden: true });
  return root;
}

function operatorCommand(process: Process): Command {
  return new Command('operator')
    .description('Run the operator: watch gates, patch their targets, report their status.')
    .option(
      '--waiter-image <image>',
      "image of the waiting containers (default: that of the operator's own Pod)",
    )
    .addOption(pullPolicyOption())
    .addOption(runAsUserOption())
    .option(
      '--kubeconfig <path>',
      'kubeconfig file (default: $KUBECONFIG, else the ServiceAccount of the Pod)',
    )
    .option('--namespaces <names>', 'namespaces to work in, separated by commas (default: all)', namespaces)
    .option('--concurrency <number>', 'gates and workloads that are reconciled at a time', positive, 4)
    .option(
      '--leader-election',
      'stand by while another operator works, by the Lease that LEASE and POD_NAMESPACE name',
      false,
    )
    .option('--health-port <port>', 'port of /healthz, /readyz', port, 8081)
    .option('--metrics-port <port>', 'port of /metrics (default: the health port)', port)
    .addOption(
      new Option(
        '--metrics-access <who>',
        'who may read /metrics: anyone, or whose token the API server allows to get /metrics',
      )
        .choices(['anyone', 'authorized'])
        .default('anyone'),
    )
    .option(
      '--metrics-cert-dir <folder>',
      'folder with tls.crt and tls.key, to serve TLS at --metrics-port (default: none)',
    )
    .addOption(
      new Option('--log-level <level>', 'least severe lines to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(async (flags: OperatorFlags, command: Command) => {
      if (flags.metricsCertDir !== undefined && flags.metricsPort === undefined)
        command.error('error: --metrics-cert-dir takes --metrics-port too: probes are made without TLS');
      const { runOperator } = await import('./commands/operator/run-operator.ts');
      await runOperator(flags, process);
    });
}

/** Only the help's line: start.ts never brings `wait` here. */
function waitCommand(): Command {
  return new Command('wait').description(
    'Wait for dependencies: the program of the init containers (wait --help).',
  );
}

function sandboxCommand(process: Process): Command {
  return new Command('sandbox')
    .description('Run a simulated cluster with the operator in one process, to try gates without a cluster.')
    .option('--port <port>', 'port of the API server on 127.0.0.1; 0 takes a free one', port, 0)
    .option(
      '--kubeconfig <path>',
      'where to write the kubeconfig (default: a file in the temporary folder, which goes when the sandbox ends)',
    )
    .option(
      '--demo [folder]',
      'tell the story of pinger, poller and api, with the manifests of a folder where one is given, and end',
    )
    .addOption(
      new Option('--log-level <level>', 'least severe lines to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('warn'),
    )
    .action(async (flags: SandboxFlags) => {
      const { runSandbox } = await import('./commands/sandbox/run-sandbox.ts');
      await runSandbox(flags, process);
    });
}

function crdCommand(): Command {
  return new Command('crd')
    .description('Print the CustomResourceDefinition of DependencyGate as YAML.')
    .action(async () => {
      const { formatCrdYaml } = await import('./api/crd-yaml.ts');
      console.log(formatCrdYaml().trimEnd());
    });
}
