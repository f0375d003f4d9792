/**
 * The messages in Kubernetes' protobuf form that the sandbox reads: those of what `kubectl create` makes, and of the Pod
 * templates that it copies from a CronJob. Each field is `<number> <name>`, with the numbers of Kubernetes' `.proto` files
 * and the names of its JSON; then
 *
 * - nothing: a string; `:int`, `:bool`, `:bytes`; `:<message>`
 * - `?`: 0 and false are said, too; without it Go writes them for what is absent
 * - `[…]`: a list of these, `{…}`: a map of these by name; nothing in between: of strings
 * - `...` as name: the message's fields stand in the object around it
 */
export const MESSAGES = {
  Unknown: '1 typeMeta:TypeMeta, 2 raw:bytes',
  TypeMeta: '1 apiVersion, 2 kind',
  Namespace: '1 metadata:ObjectMeta',
  ServiceAccount: '1 metadata:ObjectMeta',
  ConfigMap: '1 metadata:ObjectMeta, 2 data{}, 3 binaryData{bytes}, 4 immutable:bool?',
  Secret: '1 metadata:ObjectMeta, 2 data{bytes}, 3 type, 5 immutable:bool?',
  Service: '1 metadata:ObjectMeta, 2 spec:ServiceSpec',
  Deployment: '1 metadata:ObjectMeta, 2 spec:DeploymentSpec',
  Job: '1 metadata:ObjectMeta, 2 spec:JobSpec',
  CronJob: '1 metadata:ObjectMeta, 2 spec:CronJobSpec',
  Ingress: '1 metadata:ObjectMeta, 2 spec:IngressSpec',
  PodDisruptionBudget: '1 metadata:ObjectMeta, 2 spec:BudgetSpec',
  Role: '1 metadata:ObjectMeta, 2 rules[PolicyRule]',
  RoleBinding: '1 metadata:ObjectMeta, 2 subjects[Subject], 3 roleRef:RoleRef',
  ClusterRole: '1 metadata:ObjectMeta, 2 rules[PolicyRule], 3 aggregationRule:Aggregation',
  ClusterRoleBinding: '1 metadata:ObjectMeta, 2 subjects[Subject], 3 roleRef:RoleRef',
  TokenRequest: '1 metadata:ObjectMeta, 2 spec:TokenSpec',
  SelfSubjectAccessReview: '1 metadata:ObjectMeta, 2 spec:AccessSpec',
  SelfSubjectRulesReview: '1 metadata:ObjectMeta, 2 spec:RulesSpec',
  SelfSubjectReview: '1 metadata:ObjectMeta',

  ObjectMeta:
    '1 name, 2 generateName, 3 namespace, 5 uid, 6 resourceVersion, 7 generation:int, 8 creationTimestamp:Time, 11 labels{}, 12 annotations{}, 13 ownerReferences[OwnerReference], 14 finalizers[]',
  OwnerReference: '1 kind, 3 name, 4 uid, 5 apiVersion, 6 controller:bool?, 7 blockOwnerDeletion:bool?',
  LabelSelector: '1 matchLabels{}, 2 matchExpressions[LabelRequirement]',
  LabelRequirement: '1 key, 2 operator, 3 values[]',
  IntOrString: '1 type:int, 2 int:int?, 3 string',
  Quantity: '1 string',
  Time: '1 seconds:int, 2 nanos:int',
  DeleteOptions: '1 gracePeriodSeconds:int?, 2 preconditions:Preconditions, 4 propagationPolicy, 5 dryRun[]',
  Preconditions: '1 uid, 2 resourceVersion',

  ServiceSpec: '1 ports[ServicePort], 2 selector{}, 3 clusterIP, 4 type, 10 externalName',
  ServicePort: '1 name, 2 protocol, 3 port:int, 4 targetPort:IntOrString, 5 nodePort:int',
  DeploymentSpec: '1 replicas:int?, 2 selector:LabelSelector, 3 template:PodTemplate',
  JobSpec:
    '1 parallelism:int?, 2 completions:int?, 3 activeDeadlineSeconds:int?, 4 selector:LabelSelector, 5 manualSelector:bool?, 6 template:PodTemplate, 7 backoffLimit:int?, 8 ttlSecondsAfterFinished:int?, 9 completionMode, 10 suspend:bool?, 14 podReplacementPolicy',
  CronJobSpec:
    '1 schedule, 2 startingDeadlineSeconds:int?, 3 concurrencyPolicy, 4 suspend:bool?, 5 jobTemplate:JobTemplate, 6 successfulJobsHistoryLimit:int?, 7 failedJobsHistoryLimit:int?, 8 timeZone',
  JobTemplate: '1 metadata:ObjectMeta, 2 spec:JobSpec',
  IngressSpec: '1 defaultBackend:Backend, 2 tls[IngressTLS], 3 rules[IngressRule], 4 ingressClassName',
  IngressTLS: '1 hosts[], 2 secretName',
  IngressRule: '1 host, 2 ...:IngressPaths',
  IngressPaths: '1 http:HTTPPaths',
  HTTPPaths: '1 paths[HTTPPath]',
  HTTPPath: '1 path, 2 backend:Backend, 3 pathType',
  Backend: '4 service:BackendService',
  BackendService: '1 name, 2 port:BackendPort',
  BackendPort: '1 name, 2 number:int',
  AccessSpec: '1 resourceAttributes:ResourceAttributes, 2 nonResourceAttributes:PathAttributes',
  ResourceAttributes: '1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name',
  PathAttributes: '1 path, 2 verb',
  RulesSpec: '1 namespace',
  BudgetSpec: '1 minAvailable:IntOrString, 2 selector:LabelSelector, 3 maxUnavailable:IntOrString',
  PolicyRule: '1 verbs[], 2 apiGroups[], 3 resources[], 4 resourceNames[], 5 nonResourceURLs[]',
  Aggregation: '1 clusterRoleSelectors[LabelSelector]',
  Subject: '1 kind, 2 apiGroup, 3 name, 4 namespace',
  RoleRef: '1 apiGroup, 2 kind, 3 name',
  BoundObject: '1 kind, 2 apiVersion, 3 name, 4 uid',
  TokenSpec: '1 audiences[], 3 boundObjectRef:BoundObject, 4 expirationSeconds:int?',

  PodTemplate: '1 metadata:ObjectMeta, 2 spec:PodSpec',
  PodSpec:
    '1 volumes[Volume], 2 containers[Container], 3 restartPolicy, 4 terminationGracePeriodSeconds:int?, 5 activeDeadlineSeconds:int?, 6 dnsPolicy, 7 nodeSelector{}, 8 serviceAccountName, 9 serviceAccount, 14 securityContext:PodSecurity, 15 imagePullSecrets[Name], 19 schedulerName, 20 initContainers[Container], 21 automountServiceAccountToken:bool?, 24 priorityClassName, 30 enableServiceLinks:bool?, 38 schedulingGates[Name]',
  Container:
    '1 name, 2 image, 3 command[], 4 args[], 5 workingDir, 6 ports[ContainerPort], 7 env[EnvVar], 8 resources:Resources, 9 volumeMounts[VolumeMount], 13 terminationMessagePath, 14 imagePullPolicy, 15 securityContext:Security, 19 envFrom[EnvFrom], 20 terminationMessagePolicy, 24 restartPolicy',
  ContainerPort: '1 name, 2 hostPort:int, 3 containerPort:int, 4 protocol, 5 hostIP',
  EnvVar: '1 name, 2 value, 3 valueFrom:EnvSource',
  EnvSource: '1 fieldRef:FieldRef, 3 configMapKeyRef:KeyRef, 4 secretKeyRef:KeyRef',
  FieldRef: '1 apiVersion, 2 fieldPath',
  KeyRef: '1 ...:Name, 2 key, 3 optional:bool?',
  EnvFrom: '1 prefix, 2 configMapRef:SourceRef, 3 secretRef:SourceRef',
  SourceRef: '1 ...:Name, 2 optional:bool?',
  Name: '1 name',
  Resources: '1 limits{Quantity}, 2 requests{Quantity}',
  VolumeMount:
    '1 name, 2 readOnly:bool, 3 mountPath, 4 subPath, 5 mountPropagation, 6 subPathExpr, 7 recursiveReadOnly',
  Security:
    '1 capabilities:Capabilities, 2 privileged:bool?, 4 runAsUser:int?, 5 runAsNonRoot:bool?, 6 readOnlyRootFilesystem:bool?, 7 allowPrivilegeEscalation:bool?, 8 runAsGroup:int?, 11 seccompProfile:Seccomp',
  PodSecurity:
    '2 runAsUser:int?, 3 runAsNonRoot:bool?, 5 fsGroup:int?, 6 runAsGroup:int?, 10 seccompProfile:Seccomp',
  Capabilities: '1 add[], 2 drop[]',
  Seccomp: '1 type, 2 localhostProfile',
  Volume: '1 name, 2 ...:VolumeSource',
  VolumeSource:
    '2 emptyDir:EmptyDir, 6 secret:SecretVolume, 10 persistentVolumeClaim:Claim, 16 downwardAPI:DownwardAPI, 19 configMap:ConfigMapVolume',
  EmptyDir: '1 medium, 2 sizeLimit:Quantity',
  SecretVolume: '1 secretName, 2 items[Item], 3 defaultMode:int?, 4 optional:bool?',
  ConfigMapVolume: '1 ...:Name, 2 items[Item], 3 defaultMode:int?, 4 optional:bool?',
  Item: '1 key, 2 path, 3 mode:int?',
  Claim: '1 claimName, 2 readOnly:bool',
  DownwardAPI: '1 items[DownwardItem], 2 defaultMode:int?',
  DownwardItem: '1 path, 2 fieldRef:FieldRef, 4 mode:int?',
} as const;
