# Windows of one service may overlap: the service stays up until the last of them ends. A window's stop therefore omits the
# services that another window keeps running at that moment. A moment is a minute of the week, counted from Sunday 00:00.
locals {
  day_names    = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
  week_minutes = 7 * 24 * 60

  # Minute, hour and days of the week of each start and stop. Null for a cron(…) that is not a time on days of the week.
  edges = {
    for name, window in var.warm_windows : name => {
      for edge, expression in { start = window.start, stop = window.stop } : edge => try({
        minute = tonumber(regex("^cron\\(([0-9]+) ([0-9]+) [?*] \\* (\\S+) \\*\\)$", expression)[0])
        hour   = tonumber(regex("^cron\\(([0-9]+) ([0-9]+) [?*] \\* (\\S+) \\*\\)$", expression)[1])
        days = distinct(flatten([
          for part in split(",", upper(regex("^cron\\(([0-9]+) ([0-9]+) [?*] \\* (\\S+) \\*\\)$", expression)[2])) : [
            for range in [contains(["*", "?"], part) ? [0, 6] : [for day in split("-", part) : try(tonumber(day) - 1, index(local.day_names, day))]] : [
              for day in [0, 1, 2, 3, 4, 5, 6] : day
              if range[0] <= range[length(range) - 1] ? day >= range[0] && day <= range[length(range) - 1] : day >= range[0] || day <= range[length(range) - 1]
            ]
          ]
        ]))
      }, null)
    }
  }

  moments = {
    for name, edges in local.edges : name => {
      for edge, time in edges : edge => time == null ? [] : [for day in time.days : day * 1440 + time.hour * 60 + time.minute]
    }
  }

  # From each start of a window to its next stop.
  intervals = {
    for name, moments in local.moments : name => [
      for start in moments.start : {
        start   = start
        minutes = min([for stop in moments.stop : stop == start ? local.week_minutes : (stop - start + local.week_minutes) % local.week_minutes]...)
      } if length(moments.stop) > 0
    ]
  }

  # For each window, the other windows with at least one of its services.
  neighbours = {
    for name, window in var.warm_windows : name => [
      for other, neighbour in var.warm_windows : other
      if other != name && length(setintersection(window.services, neighbour.services)) > 0
    ]
  }

  # Windows of one service whose times Terraform cannot compare.
  incomparable = distinct(flatten([
    for name, others in local.neighbours : [
      for other in others : join(" and ", sort([name, other]))
      if var.warm_windows[name].timezone != var.warm_windows[other].timezone || contains([
        for edge in concat(values(local.edges[name]), values(local.edges[other])) : edge == null
      ], true)
    ]
  ]))

  # The services that each stop of a window stops, by day: those that no other window keeps running.
  stopped = {
    for name, window in var.warm_windows : name => {
      for moment in local.moments[name].stop : floor(moment / 1440) => [
        for service in window.services : service
        if !anytrue(flatten([
          for other in local.neighbours[name] : [
            for interval in local.intervals[other] : (moment - interval.start + local.week_minutes) % local.week_minutes < interval.minutes
          ] if contains(var.warm_windows[other].services, service)
        ]))
      ]
    } if length(local.neighbours[name]) > 0
  }

  # One schedule for all days on which a window stops the same services.
  stop_groups = flatten([
    for name, stopped in local.stopped : [
      for services in distinct(values(stopped)) : {
        window   = name
        services = services
        days     = [for day, each in stopped : local.day_names[day] if jsonencode(each) == jsonencode(services)]
        whole    = length(distinct(values(stopped))) == 1
      } if length(services) > 0
    ]
  ])

  stops = merge(
    {
      for name, window in var.warm_windows : "${name}-stop" => { window = name, expression = window.stop, services = window.services }
      if length(local.neighbours[name]) == 0
    },
    {
      for group in local.stop_groups : group.whole ? "${group.window}-stop" : "${group.window}-stop-${lower(group.days[0])}" => {
        window     = group.window
        expression = group.whole ? var.warm_windows[group.window].stop : "cron(${local.edges[group.window].stop.minute} ${local.edges[group.window].stop.hour} ? * ${join(",", group.days)} *)"
        services   = group.services
      }
    },
  )
}
