/** One health check that the ELB model asks for. */
export interface HealthCheck {
  readonly ip: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
}

export type HealthCheckResult =
  | { readonly kind: 'answered'; readonly statusCode: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'refused' };

/** How the ELB model reaches a target. In the sandbox it is a real HTTP request. */
export interface HealthProbe {
  /**
   * Never rejects: what goes wrong is a result. The probe alone decides when `timeoutMs` are over and ends with
   * `timeout`; no other check of the target begins before.
   */
  check(check: HealthCheck): Promise<HealthCheckResult>;
}
