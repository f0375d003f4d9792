import type { JsonObject, TemplateView } from '../../src/core/model.ts';
import { changePatch, type Injection } from '../../src/core/render/inject.ts';

/** The patch that puts in one gate and takes none out. */
export const injectPatch = (template: TemplateView, injection: Injection): JsonObject =>
  changePatch(template, { inject: [injection], remove: [] });

/** The patch that takes out one gate and puts none in. */
export const removePatch = (template: TemplateView, gate: string): JsonObject =>
  changePatch(template, { inject: [], remove: [gate] });
