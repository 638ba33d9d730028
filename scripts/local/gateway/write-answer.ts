import type { ServerResponse } from 'node:http';
import * as z from 'zod';

/** What a function may return to API Gateway: an answer in payload 2.0, or any other value as the body. */
const functionAnswer = z.object({
  statusCode: z.number().int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  cookies: z.array(z.string()).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().optional(),
});

/** These belong to the connection, which is the gateway's. */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'content-length']);

/** Writes a function's result as the response. @throws ZodError when it is not an answer. */
export function writeAnswer(response: ServerResponse, result: unknown, extra: Record<string, string>): void {
  const answer = functionAnswer.parse(
    typeof result === 'object' && result !== null && 'statusCode' in result
      ? result
      : { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(result) },
  );
  const body = Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8');
  response.statusCode = answer.statusCode;
  for (const [name, value] of Object.entries({ ...answer.headers, ...extra })) {
    if (!hopByHop.has(name.toLowerCase())) response.setHeader(name, String(value));
  }
  if (answer.cookies?.length) response.setHeader('set-cookie', answer.cookies);
  if (answer.statusCode !== 204 && answer.statusCode !== 304)
    response.setHeader('content-length', body.length);
  response.end(body);
}
