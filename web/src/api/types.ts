import type { components } from "./schema";

type Schemas = components["schemas"];

export type App = Schemas["App"];
export type AppStatus = Schemas["AppStatus"];
export type Delivery = Schemas["Delivery"];
export type DeliveryStatus = Delivery["status"];
export type Phase = Schemas["Phase"];
export type PhaseName = Phase["name"];
export type PhaseStatus = Phase["status"];
export type Deletion = Schemas["Deletion"];
export type DeletedApp = Schemas["Deleted"];
export type LogLine = Schemas["LogLine"];
export type Run = Schemas["Run"];
export type RunSummary = Schemas["RunSummary"];
export type Version = Schemas["Version"];
export type ResourceList = Schemas["ResourceList"];
export type Resource = Schemas["Resource"];
export type Metrics = Schemas["Metrics"];
export type PodMetrics = Metrics["pods"][number];
export type FileList = Schemas["FileList"];
export type RepositoryFile = Schemas["File"];
export type Leftover = Schemas["LeftoverList"]["tasks"][number];
export type NameCheck = Schemas["NameCheck"];
export type Platform = Schemas["Platform"];
export type Me = Schemas["Me"];
export type Task = Schemas["Task"];
export type TaskEvent = Schemas["TaskEvent"];
export type Entity = Schemas["Entity"];
export type TemplateForm = Schemas["TemplateParameterSchema"];
export type FormErrors = Schemas["FormErrors"];

export const phaseNames: readonly PhaseName[] = ["create", "build", "sync", "expose", "live"];

export type Made = Schemas["Made"];
export type TemplateAction = Schemas["TemplateAction"];
export type DryRunResult = Schemas["DryRunResult"];
export type Figures = Schemas["Figures"];
export type Percentiles = Schemas["Percentiles"];
export type Capacity = Schemas["Capacity"];
export type AuditEntry = Schemas["AuditEntry"];
export type Token = Schemas["Token"];
export type CreatedToken = Schemas["CreatedToken"];
export type Role = Schemas["Role"];
export type DryRun = Schemas["DryRun"];
export type AddedLocation = Schemas["AddedLocation"];
