import { INSTALLED_LABELS } from '../../api/names.ts';

/** Selects what installs the operator, whatever an overlay has named it. */
export const INSTALLED = {
  labelSelector: Object.entries(INSTALLED_LABELS)
    .map(([label, value]) => `${label}=${value}`)
    .join(),
};
