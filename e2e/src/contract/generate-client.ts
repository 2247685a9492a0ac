import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generate } from 'openapi-typescript-codegen';

const contract = join(import.meta.dirname, '../../../../shared/contract/marketplace-api.json');

type Form = { readonly fields: readonly { readonly id: string; readonly type: string }[] };
type Made = { readonly id: string; readonly status: string };
type Input = Readonly<Record<string, unknown>>;

/** The part of the generated client that the walkthroughs use. */
export type GeneratedClient = {
  readonly OpenAPI: { BASE: string; TOKEN?: string };
  readonly DataProductService: {
    searchDataProducts(input: Input): Promise<{ data: readonly { id: string; name: string; status: string }[] }>;
    createDataProduct(input: Input): Promise<{ id: string; name: string }>;
    getRequestForms(input: Input): Promise<readonly Form[]>;
    requestAccess(input: Input): Promise<Made>;
    searchDataProductMembers(input: Input): Promise<{ data: readonly { id: string; user: { username: string } }[] }>;
    revokeAccess(input: Input): Promise<void>;
    recentDeterminations(input: Input): Promise<{ determinations: readonly { status: string; reason?: string }[] }>;
  };
  readonly AccessRequestService: {
    searchAccessRequests(input: Input): Promise<{ data: readonly Made[] }>;
    getAccessRequestById(input: Input): Promise<Made>;
    getAccessRequestRecords(input: Input): Promise<{ approvalRecords: readonly { id: string; status: string }[] }>;
    updateApprovalRecord(input: Input): Promise<{ status: string }>;
    revokeAssetRequest(input: Input): Promise<void>;
  };
  readonly AssetService: {
    getAssetByMetadata(input: Input): Promise<{ id: string; name: string }>;
    getAssetRequestForms(input: Input): Promise<{ dataAccessForm: Form }>;
    requestAsset(input: Input): Promise<Made>;
  };
  readonly MetadataService: {
    getAvailableDomains(): Promise<{ domains: readonly { id: string }[] }>;
    getDomainDataSources(input: Input): Promise<{ data: readonly { dataSourceId: number; table?: string }[] }>;
  };
};

/** Undefined where the published contract is not beside this clone. */
export async function generateClient(): Promise<GeneratedClient | undefined> {
  if (!existsSync(contract)) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'stoa-client-'));
  try {
    await generate({ input: contract, output: join(folder, 'client'), httpClient: 'fetch', useOptions: true });
    const outfile = join(folder, 'client.mjs');
    await build({
      entryPoints: [join(folder, 'client/index.ts')],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    // What the generator makes has types of its own, which a test that runs before it cannot name.
    return (await import(pathToFileURL(outfile).href)) as unknown as GeneratedClient;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
