namespace Fleet.Controller.Link;

/// <summary>Decides when the memory that a storm of newcomers used up is worth giving back. Asked once a second.</summary>
/// <remarks>
/// Handshakes and enrollments leave garbage that has outlived the young generations, and an idle fleet allocates too little to have
/// it collected: a third of what the controller then holds. Nothing is due while links still come, nor after a handful.
/// </remarks>
internal sealed class StormTidy
{
    private const int Newcomers = 256;
    private const int CalmLooks = 5;
    private int _links;
    private int _newcomers;
    private int _calm;

    /// <summary>Whether it is due, given how many links stand now; true once for each storm.</summary>
    public bool IsDue(int links)
    {
        var more = links - _links;
        _links = links;
        if (more > 0)
        {
            _newcomers += more;
            _calm = 0;
            return false;
        }

        if (_newcomers < Newcomers || ++_calm < CalmLooks)
            return false;
        _newcomers = 0;
        return true;
    }
}
