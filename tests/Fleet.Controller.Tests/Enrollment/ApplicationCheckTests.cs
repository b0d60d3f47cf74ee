using Fleet.Controller.Enrollment;

namespace Fleet.Controller.Tests.Enrollment;

public sealed class ApplicationCheckTests
{
    [Theory]
    [InlineData("ada"), InlineData("Ada.L-1"), InlineData("_ops"), InlineData("1st"), InlineData("ada+fleet@example.org")]
    public void A_user_name_or_a_mail_address_names_an_operator(string name) => ApplicationCheck.OperatorNameFault(name).ShouldBeNull();

    // A name that begins like an option could be revoked by no command line; one of dots alone is a directory elsewhere.
    [Theory]
    [InlineData(""), InlineData("-rf"), InlineData("--help"), InlineData("."), InlineData(".."), InlineData("@web"), InlineData("+1"), InlineData("a b"), InlineData("wéb")]
    public void What_a_command_line_takes_for_something_else_names_nobody(string name) =>
        ApplicationCheck.OperatorNameFault(name).ShouldNotBeNull().ShouldContain("with a letter, a digit or '_' first");
}
