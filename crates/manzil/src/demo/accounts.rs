//! The accounts of a demonstration, whose passwords are shown on the sign-in page.

use manzil_journey::access::Role;
use manzil_server::settings::DemoAccount;

/// One account for each kind of staff.
pub fn accounts() -> Vec<DemoAccount> {
    let account = |name: &str, display_name: &str, role, registration: Option<&str>| DemoAccount {
        name: name.into(),
        display_name: display_name.into(),
        role,
        registration: registration.map(str::to_owned),
        password: format!("{name}-demo"),
    };
    vec![
        account("clerk", "Clara Clerk (fictional)", Role::Clerk, None),
        account("nurse", "Nadia Nurse (fictional)", Role::Nurse, None),
        account("laboratory", "Luis Laboratory (fictional)", Role::Laboratory, None),
        account("radiology", "Rami Radiology (fictional)", Role::Radiology, None),
        account("physician", "Dr Petra Physician (fictional)", Role::Physician, Some("DEMO-1234")),
        account("authority", "Visa authority (fictional)", Role::Authority, None),
        account("administrator", "Ada Administrator (fictional)", Role::Administrator, None),
    ]
}
