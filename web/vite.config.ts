import { readdirSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { textsInParts } from './texts-in-parts.ts';
import { contractWithoutSchemas, contractInParts } from './without-schemas.ts';

/** Preloads the interface font alone: its hashed name is known only after the build. */
function preloadInterfaceFont(): Plugin {
  return {
    name: 'stoa-preload-interface-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, context) {
        const font = Object.keys(context.bundle ?? {}).find((name) =>
          /hyperlegible-next-latin-wght-normal.*\.woff2$/.test(name),
        );
        if (font === undefined) return [];
        const attrs = { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: '', href: `/${font}` };
        return [{ tag: 'link', attrs, injectTo: 'head-prepend' }];
      },
    },
  };
}

/** Mantine's palettes that no screen asks for, by themselves a twentieth of the styles, and its sizes of headings, which are ours. */
function withoutUnusedPalettes(): Plugin {
  const unused =
    /--mantine-color-(?:pink|grape|violet|indigo|blue|cyan|green|lime|yellow|orange)-[\w-]+:[^;}]*;?|--mantine-color-(?:red|teal)-[0-579]:[^;}]*;?/g;
  const ownInstead =
    /--mantine-(?:h[1-6]-[\w-]+|z-index-\w+|font-family-headings|heading-[\w-]+|line-height-\w+|breakpoint-\w+|primary-color-\d|color-(?:dark|gray|red|teal)-(?:text|filled-hover|light|outline)[\w-]*):[^;}]*;?/g;
  // Sizes that no screen asks for: components name them by their property, so that a missing one would be seen at once.
  const unusedSizes =
    /--(?:cb-size|loader-size|input-height|input-padding-y|label-lh|button-height|button-padding-x|section-height|section-padding-x|ai-size|checkbox-size|radio-size|radio-icon-size|switch-[a-z-]+|modal-size|drawer-size|kbd-fz|progress-size|sc-padding|psi-[a-z-]+)-(?:compact-(?!sm)[a-z]+|input-[a-z]+|xl|(?<!(?:modal|drawer)-size-)lg):[^;}]*;?/g;
  return {
    name: 'stoa-without-unused-palettes',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const asset of Object.values(bundle))
          if (asset.type === 'asset' && asset.fileName.endsWith('.css') && typeof asset.source === 'string')
            asset.source = asset.source.replaceAll(unused, '').replaceAll(ownInstead, '').replaceAll(unusedSizes, '');
      },
    },
  };
}

const overlayPackages =
  '@floating-ui|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-sidecar|use-callback-ref|tslib|get-nonce';
const overlayComponents =
  'Modal|ModalBase|Drawer|ScrollArea|FocusTrap|Overlay|SegmentedControl|FloatingIndicator|Portal|Paper';
const overlayHooks = 'use-long-press|use-focus-trap|use-focus-return|use-click-outside|use-hotkeys';
const overlayParts = new RegExp(
  `node_modules/(${overlayPackages}|@mantine/core/esm/components/(${overlayComponents})|@mantine/core/esm/utils/Floating|@mantine/hooks/esm/(${overlayHooks}))/`,
);
/** Shared by some screens alone: each finds its own file. */
const partsOfSome = new RegExp(`${overlayParts.source}|node_modules/@tanstack/(react-virtual|virtual-core)/`);
/** Also the fields that the screens of governance alone have, and not the little that lists of each area have alike. */
const featureParts =
  /\/web\/src\/features\/(?!saved-views)|\/web\/src\/ui\/(PickList|PickRows|pick-rows)|\/web\/src\/ui\/reorder|\/web\/src\/lib\/following-draft|\/core\/src\/pattern\/|core\/esm\/components\/(PasswordInput|Switch)\//;
const marketParts =
  /\/web\/src\/(features\/(access-requests|data-products)\/(?!Manage|PlatformUse|EffectPreview)|features\/agreements\/(AgreementBox|AgreementText|AgreementsToAccept|RequestAgreements))/;
const reviewParts =
  /\/web\/src\/features\/access-requests\/(Review|Evidence|Risk|Assist|assist|Reroute|use-review|review-queue)/;
/** Lists of data products, of which the screens of requests have none. */
const listingParts = /\/web\/src\/features\/data-products\/(ProductList|product-columns)/;
/** Shared, and yet never on a first view. */
const laterParts = /\/web\/src\/features\/access-requests\/(AnswersBlock|column-choice)/;
/** How access stands, and why: of the screens of what was asked already. */
const standingParts =
  /\/web\/src\/features\/access-requests\/(reason-text|ProvisioningMark|ProvisioningTable|EndOfAccess)/;
/** What the platform has otherwise than it should be: it comes after its screen stands. */
const driftParts = /\/web\/src\/features\/connections\/(Drift|ChoiceSettings|ProtectedPrincipals)/;
/** What only those who ask need. */
const askingParts =
  /\/web\/src\/(features\/access-requests\/(PreviewPanel|QuestionField|RequestScreen|RequestForm|ForWhom|PersonPicker|Standing|ExistingRequestLink|request-form|request-target|request-type|request-draft|use-request-form|use-server-draft|answers|two-zones)|features\/agreements\/AgreementsToAccept)/;
const assetParts = /\/web\/src\/features\/assets\//;
/** Tags are shown on many screens, each of which stands before them. */
const tagParts =
  /\/web\/src\/(features\/(tags|data-sources)\/|features\/domains\/(HoldsFields|DomainHolds|DynamicSources)|features\/assets\/use-asset-tags)/;
const policyParts = /\/web\/src\/features\/policies\//;
/** What a mask makes of made-up values: it comes with the first mask that is shown. */
const sampleParts = /\/web\/src\/features\/policies\/mask-sample|\/core\/src\/pattern\//;
/** What a change would do; all but the little that asks for it. */
const previewParts = /\/web\/src\/features\/preview\/(ChangeDialogParts|ChangePreview|PreviewResult|use-confirmed)/;
const identificationParts = /\/web\/src\/features\/identification\//;
/** Whether what should hold holds: for those who look after the installation. */
const verificationParts = /\/web\/src\/features\/verification\//;
/** Loaded with what is opened only now and then. */
const importParts = /\/web\/src\/features\/people-import\//;
const identityParts = /\/web\/src\/features\/connections\/IdentityDialog/;
const holdingParts = /\/web\/src\/features\/users\/PolicyNames/;
/** What one's own tokens and those of somebody else are shown with. */
const tokenParts = /\/web\/src\/features\/tokens\/token-columns/;
/** What only those need whom a provider signs in. */
const providerParts =
  /\/web\/src\/(features\/auth\/(SignInFailure|ProviderButtons|ConfirmLogin\.)|lib\/confirmed-elsewhere)|\/contract\/src\/(identity-provider|provider-sign-in)/;
/** The second factor: a few screens share it, each after it stands. */
const secondFactorParts = /\/web\/src\/features\/second-factor\/|\/contract\/src\/second-factor/;
/** Changes of people that wait: shown where one was filed, and on screens of their own. */
const peopleChangeParts = /\/web\/src\/features\/people-changes\/|\/contract\/src\/people-change/;
const reportParts = /\/web\/src\/features\/(reports|query-activity)\//;
/** Also the little that asks for a preview, and that keeps a draft. */
const peopleParts =
  /\/web\/src\/(features\/users\/FindPerson|features\/preview\/(ChangeDialog\.|use-change|call-of)|lib\/following-draft)/;
/** What people are told, and how. */
const messageParts = /\/web\/src\/features\/(inbox|messages)\/|\/contract\/src\/(notification|email)/;
/** What programs are told. */
const webhookParts = /\/web\/src\/features\/webhooks\/|\/contract\/src\/(webhook|event-type)/;
const managerParts = /\/web\/src\/features\/data-products\/(Manage|EffectPreview)/;

/** What owners decide comes with what shows it, after the screen stands. */
const ownerParts = /\/contract\/src\/(source-policy|data-object-role)/;

/** What is asked and who decides: forms, flows and agreements share much with each other and little with the rest. */
const flowParts = /\/web\/src\/(ui\/reorder|features\/(request-forms|review-flows|agreements)\/)/;

const source = fileURLToPath(new URL('src', import.meta.url));
const sheets = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.module.css'))
  .toSorted();
/** The name of a class, and the number of its sheet: letters of a digest cannot be packed, and each name stands in every first load. */
const classNameOf = (name: string, file: string): string =>
  `_${name}_${sheets.indexOf(relative(source, file)).toString(36)}`;

const apiOfDevServer = { target: process.env.STOA_API ?? 'http://localhost:3000', changeOrigin: false };

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    react(),
    preloadInterfaceFont(),
    withoutUnusedPalettes(),
    contractWithoutSchemas(),
    contractInParts(),
    textsInParts(),
  ],
  // The server puts a fresh nonce in place of this word in every reply that carries index.html.
  html: { cspNonce: '__CSP_NONCE__' },
  server: { port: 5173, proxy: { '/api': apiOfDevServer } },
  css: { modules: { generateScopedName: classNameOf } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    // Without this small fonts and icons would become data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    // Every browser of `target` knows it by itself.
    modulePreload: { polyfill: false },
    // `/assets/` is the address of a page.
    assetsDir: 'static',
    cssCodeSplit: false,
    // light-dark() carries every token; these are the first versions that know it.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    rolldownOptions: {
      output: {
        // Names stand in every first load, and random letters cannot be packed: as few as the bundler allows.
        chunkFileNames: 'static/[name]-[hash:7].js',
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /rolldown\/runtime/ },
            { name: 'vendor', test: /node_modules/, tags: ['$initial'] },
            { name: 'shell', tags: ['$initial'] },
            { name: 'owners', test: ownerParts },
            { name: 'messages', test: messageParts, minShareCount: 2 },
            // What several screens share, in few files: each one more is a request before anything stands.
            {
              name: 'screens',
              test: (id) =>
                !partsOfSome.test(id) &&
                !featureParts.test(id) &&
                !webhookParts.test(id) &&
                !providerParts.test(id) &&
                !secondFactorParts.test(id) &&
                !peopleChangeParts.test(id),
              minShareCount: 2,
            },
            {
              name: 'market',
              test: (id) =>
                marketParts.test(id) &&
                !reviewParts.test(id) &&
                !askingParts.test(id) &&
                !listingParts.test(id) &&
                !laterParts.test(id) &&
                !standingParts.test(id),
              minShareCount: 2,
            },
            { name: 'products', test: listingParts, minShareCount: 2 },
            { name: 'asking', test: askingParts, minShareCount: 2 },
            { name: 'standing', test: standingParts, minShareCount: 2 },
            { name: 'reviews', test: reviewParts, minShareCount: 2 },
            { name: 'people', test: peopleParts },
            { name: 'tags', test: tagParts, minShareCount: 2 },
            { name: 'samples', test: sampleParts },
            { name: 'policies', test: policyParts, minShareCount: 2 },
            { name: 'preview', test: previewParts },
            { name: 'identification', test: identificationParts, minShareCount: 2 },
            { name: 'assets', test: assetParts, minShareCount: 2 },
            { name: 'picking', test: /\/web\/src\/ui\/(PickList|PickRows|pick-rows)/, minShareCount: 2 },
            { name: 'use', test: /features\/data-products\/PlatformUse/ },
            { name: 'import', test: importParts, minShareCount: 2 },
            { name: 'holding', test: holdingParts },
            { name: 'tokens', test: tokenParts, minShareCount: 2 },
            { name: 'manage', test: managerParts },
            { name: 'reports', test: reportParts, minShareCount: 2 },
            {
              name: 'governance',
              test: (id) =>
                featureParts.test(id) &&
                !identityParts.test(id) &&
                !managerParts.test(id) &&
                !reportParts.test(id) &&
                !messageParts.test(id) &&
                !providerParts.test(id) &&
                !secondFactorParts.test(id) &&
                !peopleChangeParts.test(id) &&
                !webhookParts.test(id) &&
                !tokenParts.test(id) &&
                !laterParts.test(id) &&
                !standingParts.test(id) &&
                !driftParts.test(id) &&
                !flowParts.test(id) &&
                !assetParts.test(id) &&
                !tagParts.test(id) &&
                !policyParts.test(id) &&
                !sampleParts.test(id) &&
                !previewParts.test(id) &&
                !peopleParts.test(id) &&
                !identificationParts.test(id) &&
                !verificationParts.test(id),
              minShareCount: 2,
            },
            { name: 'verification', test: verificationParts },
            { name: 'webhooks', test: webhookParts, minShareCount: 2 },
            { name: 'identity', test: identityParts },
            { name: 'provider', test: providerParts, minShareCount: 2 },
            { name: 'people-changes', test: peopleChangeParts, minShareCount: 2 },
            { name: 'second-factor', test: secondFactorParts, minShareCount: 2 },
            // After what others use as well: a group takes along what its members need.
            { name: 'flows', test: flowParts, minShareCount: 2 },
            // What opens over a page comes when it is first opened, never with a screen.
            { name: 'overlays', test: overlayParts },
          ],
        },
      },
    },
  },
});
