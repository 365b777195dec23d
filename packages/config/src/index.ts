export { type Format, formats } from './formats.ts';
export type { MappingDocument } from './mapping-schema.ts';
export { type MergedMapping, mergeMapping } from './merge-mapping.ts';
export { workspaceOf } from './parameter-path.ts';
export { type ParsedDocument, parseMappingDocument } from './parse-document.ts';
export { formatProblems, type ParameterReference } from './problems.ts';
export { createSsmServiceMappings, type SsmServiceMappingsOptions } from './ssm-service-mappings.ts';
