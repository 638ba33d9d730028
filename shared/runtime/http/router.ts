import type { Operation, OperationTable } from '../../contracts/operation.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { HttpEvent } from './event.ts';
import { checkText, decodeUrlPart } from './text.ts';

export interface Match {
  readonly id: string;
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

interface Route {
  readonly id: string;
  readonly operation: Operation;
  readonly segments: readonly string[];
}

/** @throws AppError `route_not_found`, or `method_not_allowed` with `details.allow` */
export type Router = (event: HttpEvent) => Match;

/**
 * Routes by API Gateway's own decision where it made one (`routeKey` names an operation), else by the path, for
 * hosts that send everything to one `$default` route. A literal segment wins over a parameter.
 */
export function createRouter(operations: OperationTable): Router {
  const routes: Route[] = Object.entries(operations)
    .map(([id, operation]) => ({ id, operation, segments: operation.path.split('/').slice(1) }))
    .sort(literalsFirst);
  const byKey = new Map(routes.map((route) => [`${route.operation.method} ${route.operation.path}`, route]));

  return (event) => {
    const keyed = byKey.get(event.routeKey);
    if (keyed) return { id: keyed.id, operation: keyed.operation, params: givenParameters(event) };
    const segments = withoutStage(event).split('/').slice(1);
    const candidates = routes.filter((route) => fits(route.segments, segments));
    const method = event.requestContext.http.method;
    const route = candidates.find((candidate) => candidate.operation.method === method);
    if (route) return { id: route.id, operation: route.operation, params: parameters(route, segments) };
    throw candidates.length === 0
      ? new AppError('route_not_found', 'There is no such path; /openapi.json lists every path.')
      : methodNotAllowed(candidates);
  };
}

const isParameter = (segment: string) => segment.startsWith('{');

/** Sorts so that at the first segment in which two routes differ in kind, the literal comes first. */
function literalsFirst(left: Route, right: Route): number {
  for (const [index, segment] of left.segments.entries()) {
    const other = right.segments[index];
    if (other === undefined) break;
    if (isParameter(segment) !== isParameter(other)) return isParameter(segment) ? 1 : -1;
  }
  return 0;
}

/** An empty segment names nothing, so it fits no parameter. */
const fits = (route: readonly string[], path: readonly string[]) =>
  route.length === path.length &&
  route.every((segment, index) => (isParameter(segment) ? path[index] !== '' : segment === path[index]));

const parameters = (route: Route, path: readonly string[]) =>
  Object.fromEntries(
    route.segments.flatMap((segment, index) =>
      isParameter(segment) ? [[segment.slice(1, -1), decodeUrlPart(path[index] ?? '', 'path')]] : [],
    ),
  );

/** API Gateway has decoded these. */
const givenParameters = (event: HttpEvent) =>
  Object.fromEntries(
    Object.entries(event.pathParameters ?? {}).map(([name, value]) => [name, checkText(value ?? '', 'path')]),
  );

/** Outside the `$default` stage, API Gateway puts the stage's name in front of the path. */
function withoutStage({ rawPath, requestContext: { stage } }: HttpEvent): string {
  return stage !== '$default' && rawPath.startsWith(`/${stage}/`) ? rawPath.slice(stage.length + 1) : rawPath;
}

/** The methods of the most specific path alone: `/aggregations` also fits `/{id}`, but is another resource. */
function methodNotAllowed(candidates: readonly Route[]): AppError {
  const path = candidates[0]?.operation.path;
  const methods = candidates
    .filter(({ operation }) => operation.path === path)
    .map(({ operation }) => operation.method);
  const allow = [...new Set(methods)].sort();
  return new AppError('method_not_allowed', `This path takes ${allow.join(', ')}.`, { details: { allow } });
}
