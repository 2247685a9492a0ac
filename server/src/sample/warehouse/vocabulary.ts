const words = (text: string): string[] => text.split(',').map((word) => word.trim());

export const firstNames = words(
  'Ana,Luis,Maria,Jonas,Zoë,Łukasz,Søren,José,Amara,Priya,Kenji,Fatima,Olivia,Noah,Emma,Liam,Sofia,Mateo,Chloé,Hugo,' +
    'Ingrid,Anders,Giulia,Marco,Elena,Dmitri,Katarina,Milan,Aisha,Omar,Leila,Yusuf,Mei,Wei,Hana,Ren,Sakura,Daniel,' +
    'Rebecca,Samuel,Hannah,Tobias,Lena,Felix,Clara,Paul,Marta,Pedro,Inês,Tiago,Isla,Callum,Niamh,Sean,Ava,Jack,Grace,' +
    'Ethan,Nadia,Victor,Renée,Gaëlle,Björn,Freja',
);

export const lastNames = words(
  'Ruiz,García,Müller,Schmidt,Kowalski,Nowak,Jensen,Hansen,Rossi,Bianchi,Dupont,Moreau,Silva,Santos,Okafor,Adeyemi,' +
    'Sharma,Patel,Tanaka,Sato,Chen,Wang,Kim,Park,Haddad,Rahman,Ivanova,Petrov,Novák,Svoboda,Horvat,Kovács,Smith,Jones,' +
    "Taylor,Brown,Wilson,O'Neill,Murphy,Walsh,MacLeod,Campbell,Andersson,Lindqvist,Virtanen,Korhonen,Visser,de Vries," +
    'Bakker,Peeters,Weber,Fischer,Wagner,Becker,Huber,Gruber,Costa,Ferreira,Papadopoulos,Yılmaz,Demir,Mensah,Diallo,Traoré',
);

/** Place and country share an index, so that one roll gives a pair that belongs together. */
export const cities = words(
  'Berlin,Hamburg,Munich,Madrid,Seville,Lisbon,Porto,Paris,Lyon,Milan,Turin,Vienna,Graz,Warsaw,Gdańsk,Copenhagen,' +
    'Aarhus,Stockholm,Malmö,Helsinki,Dublin,Cork,London,Leeds,Amsterdam,Utrecht,Ghent,Zürich,Prague,Budapest,Athens,Tallinn',
);
export const countryCodes = words(
  'DE,DE,DE,ES,ES,PT,PT,FR,FR,IT,IT,AT,AT,PL,PL,DK,DK,SE,SE,FI,IE,IE,GB,GB,NL,NL,BE,CH,CZ,HU,GR,EE',
);

export const streets = words(
  'Harbour Street,Mill Lane,Station Road,Garden Way,Market Square,High Street,Orchard Road,River Walk,Church Lane,' +
    'Lindenallee,Hauptstraße,Calle Mayor,Rua Nova,Rue de la Paix,Via Roma,Kirkegade,Storgatan,Dorpsstraat,Ringweg,Am Markt',
);

export const productKinds = words(
  'Desk,Chair,Lamp,Shelf,Cabinet,Monitor Arm,Whiteboard,Locker,Sofa,Bench,Stool,Table,Drawer,Screen,Mat,Rail,Planter,Clock',
);
export const productStyles = words(
  'Oak,Walnut,Birch,Steel,Linen,Graphite,Ivory,Compact,Tall,Folding,Round,Slim,Nordic,Studio,Atelier,Harbor,Alpine,Classic',
);
export const productCategories = words(
  'Desks,Seating,Lighting,Storage,Acoustics,Meeting rooms,Reception,Outdoor,Kitchen,Accessories,Cable management,Spare parts',
);

export const departments = words(
  'Sales North,Sales South,Key Accounts,Marketing,Product Design,Engineering,Quality,Purchasing,Warehouse,Transport,' +
    'Finance,Controlling,Tax,Treasury,People,Payroll,Legal,Data Platform,IT Operations,Security,Support,Field Service,' +
    'Facilities,Management Office',
);
export const jobTitles = words(
  'Analyst,Senior Analyst,Specialist,Senior Specialist,Team Lead,Manager,Senior Manager,Director,Engineer,' +
    'Senior Engineer,Coordinator,Assistant,Consultant,Planner,Buyer,Technician',
);
export const absenceKinds = words(
  'annual leave,annual leave,annual leave,sick leave,sick leave,parental leave,training,unpaid leave',
);
export const trainingTitles = words(
  'Data protection basics,Fire safety,First aid,Forklift licence,Negotiation,Spreadsheet modelling,Anti-corruption,' +
    'Information security,Leading a team,Presenting with confidence,Giving feedback,Project planning,Business English,' +
    'Accounting basics,Works council law,Ergonomics',
);

export const ticketSubjects = words(
  'Chair arrived damaged,Where is my delivery?,Wrong colour delivered,Invoice shows the old address,Cannot sign in,' +
    'Missing screws,Refund not received,Change of delivery date,Warranty question,Lamp flickers,Desk does not move up,' +
    'Cancel my order,Request a quote,Delete my personal data,Copy of an invoice,Complaint about the driver',
);
export const messageTexts = words(
  'Thank you for your message; we are looking into it.,The carrier has found the parcel and delivers it tomorrow.,' +
    'Please send us a picture of the damage.,A replacement left our warehouse today.,The refund was issued to your card.,' +
    'I have corrected the address on the invoice.,Could you confirm the serial number?,We have cancelled the order.,' +
    'That is not what I ordered.,Any news on this?,It works now and you can close this.,I will call you this afternoon.',
);
export const browsers = words('Firefox 140,Chrome 138,Safari 18,Edge 138,Chrome Android 138,Safari iOS 18');
export const pagePaths = words(
  '/,/desks,/seating,/lighting,/storage,/sale,/cart,/checkout,/account,/account/orders,/contact,/about,/stores,/returns,/privacy,/search',
);
export const campaignNames = words(
  'Spring clear-out,Back to the office,Summer terrace,Black week,New year new desk,Home office days,Loyalty thank-you,Trade fair',
);
