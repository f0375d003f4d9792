import {
  boxed,
  bytes,
  flag,
  integer,
  list,
  map,
  message,
  omitEmpty,
  one,
  text,
  time,
} from '../kube/protobuf/message.ts';

/**
 * What `projectPod` reads of a Pod, where it comes as protobuf: the fields that its schemas name, and no others.
 * `fieldsV1` are the bytes of their JSON: most are never looked into.
 */

const OWNER_REFERENCE = message({
  kind: one(1, text),
  name: one(3, text),
  uid: one(4, text),
  apiVersion: one(5, text),
  controller: one(6, flag),
});

const MANAGED_FIELDS = message({
  manager: one(1, text),
  time: one(4, time),
  fieldsV1: one(7, boxed(bytes)),
  subresource: one(8, text),
});

const OBJECT_META = message({
  name: one(1, text),
  namespace: one(3, text),
  uid: one(5, text),
  resourceVersion: one(6, text),
  generation: one(7, integer),
  creationTimestamp: one(8, time),
  deletionTimestamp: one(9, time),
  labels: map(11, text),
  annotations: map(12, text),
  ownerReferences: list(13, OWNER_REFERENCE),
  finalizers: list(14, text),
  managedFields: list(17, MANAGED_FIELDS),
});

const KEY_REF = message({ name: one(1, boxed(text)), key: one(2, text), optional: one(3, flag) });
const OBJECT_REF = message({ name: one(1, boxed(text)), optional: one(2, flag) });

const ENV_VAR = message({
  name: one(1, text),
  value: one(2, text),
  valueFrom: one(
    3,
    message({
      fieldRef: one(1, message({ fieldPath: one(2, text) })),
      configMapKeyRef: one(3, KEY_REF),
      secretKeyRef: one(4, KEY_REF),
    }),
  ),
});

const ENV_SOURCE = message({
  prefix: one(1, text),
  configMapRef: one(2, OBJECT_REF),
  secretRef: one(3, OBJECT_REF),
});

const VOLUME_MOUNT = message({
  name: one(1, text),
  mountPath: one(3, text),
  subPath: one(4, text),
  subPathExpr: one(6, text),
});

const INIT_CONTAINER = message({
  name: one(1, text),
  image: one(2, text),
  command: list(3, text),
  args: list(4, text),
  workingDir: one(5, text),
  env: list(7, ENV_VAR),
  resources: one(8, message({ limits: map(1, boxed(text)), requests: map(2, boxed(text)) })),
  volumeMounts: list(9, VOLUME_MOUNT),
  envFrom: list(19, ENV_SOURCE),
  restartPolicy: one(24, text),
});

const POD_SPEC = message({
  containers: list(2, message({ image: one(2, text) })),
  restartPolicy: one(3, omitEmpty(text)),
  nodeName: one(10, text),
  initContainers: list(20, INIT_CONTAINER),
  schedulingGates: list(38, message({ name: one(1, text) })),
});

const CONTAINER_STATE = message({
  waiting: one(1, message({ reason: one(1, text), message: one(2, text) })),
  running: one(2, message({ startedAt: one(1, time) })),
  terminated: one(
    3,
    message({
      exitCode: one(1, integer),
      reason: one(3, text),
      message: one(4, text),
      finishedAt: one(6, time),
    }),
  ),
});

const CONTAINER_STATUS = message({
  name: one(1, text),
  state: one(2, CONTAINER_STATE),
  lastState: one(3, CONTAINER_STATE),
  restartCount: one(5, integer),
  started: one(9, flag),
});

const CONDITION = message({
  type: one(1, text),
  status: one(2, text),
  reason: one(5, text),
  message: one(6, text),
});

const POD_STATUS = message({
  phase: one(1, omitEmpty(text)),
  conditions: list(2, CONDITION),
  initContainerStatuses: list(10, CONTAINER_STATUS),
});

export const POD_MESSAGE = message({
  metadata: one(1, OBJECT_META),
  spec: one(2, POD_SPEC),
  status: one(3, POD_STATUS),
});
