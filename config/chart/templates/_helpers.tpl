{{- /*
Before every name of the release, but not of the custom resource, as namePrefix of kustomize: nothing for a release that is
called dependency-gate, so that its objects have the names that config/default gives them.
*/}}
{{- define "dependency-gate.prefix" -}}
{{- if ne .Release.Name "dependency-gate" }}{{ .Release.Name }}-{{ end }}
{{- end }}

{{- define "dependency-gate.serviceAccount" -}}
{{- if .Values.serviceAccount.name }}
{{- .Values.serviceAccount.name }}
{{- else }}
{{- include "dependency-gate.prefix" . }}dependency-gate-operator
{{- end }}
{{- end }}

{{- define "dependency-gate.labels" -}}
app.kubernetes.io/name: dependency-gate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "dependency-gate.image" -}}
{{- with .Values.image }}
{{- .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- /*
The version in which the cluster has MutatingAdmissionPolicies, v1 or v1beta1; empty where it has none. Where nobody has asked
a cluster (helm template), its version decides, and a beta that is off by default is not taken for granted.
*/}}
{{- define "dependency-gate.mutating" -}}
{{- $wanted := toString .Values.policies.admission }}
{{- $served := .Capabilities.APIVersions }}
{{- if eq $wanted "false" }}
{{- else if eq $wanted "true" }}v1
{{- else if ne $wanted "auto" }}{{ $wanted }}
{{- else if $served.Has "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy" }}v1
{{- else if $served.Has "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy" }}v1beta1
{{- else if and (not ($served.Has "v1/Pod")) (semverCompare ">=1.36-0" .Capabilities.KubeVersion.Version) }}v1
{{- end }}
{{- end }}

{{- /* The Pod's port that serves the metrics. */}}
{{- define "dependency-gate.metricsPort" -}}
{{- if .Values.metrics.port }}metrics{{ else }}health{{ end }}
{{- end }}

{{- /* How Prometheus is to read them, where not as it would by itself. */}}
{{- define "dependency-gate.scrape" -}}
{{- with .Values.monitoring }}
{{- if and (eq $.Values.metrics.access "authorized") (not .authorization) }}
{{- fail "with metrics.access authorized, Prometheus needs monitoring.authorization: the Secret with its token" }}
{{- end }}
{{- if $.Values.metrics.certificateSecret }}
scheme: https
{{- end }}
{{- with .interval }}
interval: {{ . }}
{{- end }}
{{- with .authorization }}
authorization:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tlsConfig }}
tlsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
