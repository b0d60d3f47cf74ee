using Fleet.Controller.Notifications;
using Fleet.Storage;

namespace Fleet.Controller.Tests.Notifications;

public sealed class DeliveryPlanTests
{
    [Fact]
    public void A_group_leaves_where_its_first_would_have_and_the_others_keep_their_order()
    {
        WaitingDelivery[] due =
        [
            new(1, "firing", 5, "db", "crash"), new(2, "firing", 3, "sshd", "guess"), new(3, "firing", 3, "app", "oom"), new(4, "firing", 3, "sshd", "guess"),
            new(5, "resolved", 3, "sshd", "guess"), new(6, "firing", 2, "sshd", "guess"),
        ];

        DeliveryPlan.Make(due, 3).ShouldBe([[1], [2, 4, 6], [3], [5]]);
        DeliveryPlan.Make(due, 4).ShouldBe([[1], [2], [3], [4], [5], [6]]);
        DeliveryPlan.Make(due, null).ShouldBe([[1], [2], [3], [4], [5], [6]]);
    }

    [Fact]
    public void What_is_too_much_for_one_message_is_a_few()
    {
        WaitingDelivery[] due = [.. Enumerable.Range(0, 2500).Select(key => new WaitingDelivery(key, "firing", 3, "sshd", "guess"))];

        DeliveryPlan.Make(due, 10).Select(keys => keys.Length).ShouldBe([1000, 1000, 500]);
    }
}
