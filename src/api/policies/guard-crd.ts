import { TITLE_START } from '../crd.ts';
import { GROUP, PLURAL } from '../names.ts';
import { type Admission, validating } from './policy.ts';

/** CEL: how many fields a definition has by its title; 0 before there were titles. Only ever are there more. */
function fieldsOf(definition: string): string {
  const title = 'v.schema.openAPIV3Schema.title';
  const number = `int(${title}.substring(${TITLE_START.length}))`;
  return `${definition}.spec.versions.map(v, has(v.schema) && has(v.schema.openAPIV3Schema) && has(${title}) && ${title}.matches('^${TITLE_START}[0-9]{1,9}$') ? ${number} : 0).max()`;
}

/**
 * The API server drops the fields of gates that their definition does not have, and stores what is left with the next write of
 * whatever part: the status will do. So a definition is not replaced by that of a release before, be it by a rollback or
 * from an older commit.
 */
export function guardCrd(): Admission {
  return validating(
    'guard-crd',
    'The custom resource is not replaced by an older one, with which gates would lose fields for good.',
    {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['apiextensions.k8s.io'],
            apiVersions: ['v1'],
            resources: ['customresourcedefinitions'],
            resourceNames: [`${PLURAL}.${GROUP}`],
            operations: ['UPDATE'],
          },
        ],
      },
      variables: [
        { name: 'before', expression: fieldsOf('oldObject') },
        { name: 'after', expression: fieldsOf('object') },
      ],
      validations: [
        {
          expression: 'variables.after >= variables.before',
          messageExpression:
            "'this CustomResourceDefinition is older than the one in the cluster: it has ' + string(variables.after) + ' fields of ' + string(variables.before) + ', and gates would lose the others for good. Leave the newer one (Helm: crds.install=false): an older operator works with it. To replace it all the same, first delete ValidatingAdmissionPolicyBinding dependencygate-guard-crd'",
          reason: 'Forbidden',
        },
      ],
    },
  );
}
