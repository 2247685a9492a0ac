/** What the app may do at Slack: write to people, and find them by their e-mail. Nothing is read. */
export const scopes = ['chat:write', 'users:read', 'users:read.email'] as const;

export const callbackPath = '/api/notification/slack/callback';
export const interactionPath = '/api/notification/slack/interaction';

/** The app as a manifest to paste at Slack, for this installation's own address. */
export const manifestFor = (origin: string): string =>
  JSON.stringify(
    {
      display_information: {
        name: 'Stoa',
        description: 'Asks stewards about access to data, and takes their decisions.',
        background_color: '#0B5563',
      },
      features: {
        app_home: { home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true },
        bot_user: { display_name: 'Stoa', always_online: false },
      },
      oauth_config: { redirect_urls: [origin + callbackPath], scopes: { bot: scopes } },
      settings: {
        interactivity: { is_enabled: true, request_url: origin + interactionPath },
        org_deploy_enabled: false,
        socket_mode_enabled: false,
        token_rotation_enabled: false,
      },
    },
    undefined,
    2,
  );
