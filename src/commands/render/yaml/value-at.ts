import { z } from 'zod';
import type { YamlPath } from './documents.ts';

const mapSchema = z.record(z.string(), z.unknown());

/** What stands at a path of a plain value; undefined where nothing does. */
export function valueAt(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (typeof step === 'number') return Array.isArray(inner) ? inner[step] : undefined;
    return mapSchema.safeParse(inner).data?.[step];
  }, value);
}

/** The value with something else at a path; the value itself is left as it is. */
export function withValueAt(value: unknown, path: YamlPath, inner: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return inner;
  if (typeof step === 'number') {
    return z
      .array(z.unknown())
      .parse(value)
      .with(step, withValueAt(valueAt(value, [step]), rest, inner));
  }
  return { ...mapSchema.parse(value), [step]: withValueAt(valueAt(value, [step]), rest, inner) };
}
