/** The headers of a signed request. The signature is not verified. */
export function signedHeaders(service: string, caller = 'AKIDTEST'): Record<string, string> {
  const scope = `${caller}/20261123/us-east-2/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00` };
}
