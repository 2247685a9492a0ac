/** Why access stands as it does; told by what comes after a screen stands. */
export const reasons = {
  'reasonCode.approval.continued': 'Another approval still gives it.',
  'reasonCode.source.unknown': 'The source is unknown.',
  'reasonCode.source.missing': 'The last crawl did not find the source.',
  'reasonCode.source.disabled': 'The source is disabled.',
  'reasonCode.source.held': 'The source is held back.',
  'reasonCode.user.unknown': 'The person is unknown.',
  'reasonCode.user.disabled': 'The account is disabled.',
  'reasonCode.target.unknown': 'The product is unknown.',
  'reasonCode.target.suspended': 'The product is suspended.',
  'reasonCode.target.deleted': 'The product is deleted.',
  'reasonCode.object.out_of_domain': 'It has left the domains of the product, and its role does not hold it.',
  'reasonCode.object.changed': 'It was replaced by another object of this name.',
  'reasonCode.object.not_grantable': 'The connection may not grant it.',
  'reasonCode.object.moved': 'It was moved to another schema.',
  'reasonCode.principal.password_expired':
    'The password of the account on the platform has expired, so that it cannot sign in with it.',
  'reasonCode.object.reads_as_reader':
    'It is a view that reads in its reader’s own name (security_invoker), and the product gives no right on the tables below it.',
  'reasonCode.container.unmarked':
    'The role that lets this person in has lost its name and its mark, so that Stoa does not touch it. The platform says that it still lets them in: its administrator has to take them out.',
  'reasonCode.object.full':
    'The platform lists so many roles on it, or on its schema, that no further one fits. Others still have it by their own products.',
  'reasonCode.object.missing': 'The platform has no such object.',
  'reasonCode.identity.unverified': 'The account on the platform is not verified yet.',
  'reasonCode.identity.absent': 'The platform has no such account yet.',
  'reasonCode.identity.none': 'No account on the platform is known.',
  'reasonCode.identity.taken': 'The account on the platform belongs to somebody else.',
  'reasonCode.approval.awaiting_acceptance': 'The agreement is not accepted yet.',
  'reasonCode.approval.expired': 'The approval has expired.',
  'reasonCode.guardrail.unmet': 'Kept closed by the guardrail {names}; it opens by itself once the person passes.',
  'reasonCode.approval.ended': 'The approval has ended.',
  'reasonCode.exception.no_mask': 'No mask that could be lifted is on these columns.',
  'reasonCode.exception.partly_unmasked': 'On some of these columns is no mask that could be lifted.',
  'reasonCode.protection.not_set_up': 'The connection is not set up for masks yet.',
  'reasonCode.user.active': 'Active account',
  'reasonCode.source.available': 'Source available',
  'reasonCode.source.enabled': 'The source is enabled.',
  'reasonCode.exception.ended': 'The exception has ended.',
  'reasonCode.source.unprotected':
    'A data policy acts on the source and the platform does not hold it, so nobody may read it.',
  'reasonCode.membership.of_another_grantor': 'Others gave it on the platform as well; only they can take that away.',
  'reasonCode.end.meaning':
    'An open session is refused at its next statement; on PostgreSQL 15 and older, one that did SET ROLE may go on until it is ended. A statement that runs may finish, and what was copied stays copied.',
  'reasonCode.sessions.left':
    'Sessions that were open on the platform could not be ended yet: they may go on until they end.',
  'reasonCode.proof.negative': 'The platform was read back and does not confirm it.',
  'reasonCode.principal.missing': 'The platform has no such account yet.',
  'reasonCode.principal.no_login': 'It is a role that cannot log in.',
  'reasonCode.principal.no_inherit':
    'The login does not inherit the rights of its roles, so a grant would not be access.',
  'reasonCode.principal.reserved': 'The platform reserves this account.',
  'reasonCode.principal.may_not_connect': 'The account may not connect to the database.',
  'reasonCode.container.foreign': 'A role with the name that Stoa would use is there, and is not of Stoa.',
  'reasonCode.container.in_use': 'Others use the role of Stoa on the platform, so it is not dropped.',
  'reasonCode.container.none_left': 'None of the roles that the platform’s administrators made for Stoa is left.',
  'reasonCode.container.too_wide':
    'Waits: the role still holds a table on the platform that it should not, and that could not be taken away yet. It goes on by itself once it is.',
  'reasonCode.connection.checks_failed':
    'Waits: a check of the connection fails. It goes on by itself once the check passes.',
  'reasonCode.active': 'The account is active.',
  'reasonCode.disabled': 'The account is disabled.',
};
